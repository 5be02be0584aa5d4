"""What a paper needs of results: pictures as journals take them, tables in LaTeX, captions, methods, references."""
