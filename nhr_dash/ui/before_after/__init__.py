"""*Før og etter*: did the change help? What is asked, the answer, and what it stands on."""
