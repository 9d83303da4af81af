"""What a week's messages say: subjects and findings, as claims that others put into words."""
