"""Meeting reports and exports."""
