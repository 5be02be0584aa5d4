"""The classroom game: teams lead the same organization for four years, and see of it what executives see."""
