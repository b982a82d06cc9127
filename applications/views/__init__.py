"""Pages of the filing side: projects and costs, claims and their papers, the intake desk."""
