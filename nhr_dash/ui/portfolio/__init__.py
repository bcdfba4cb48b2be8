"""*Prosjekter*: what is read of every project, its small chart, and the three ways to look at them all."""
