"""Image–text models on a published dataset version."""
