"""Who is in the model: customers, employees, departments and executives, as columns and as live Mesa agents."""
