"""From one PDF book to image–text pairs. Knows nothing of datasets, models or Prefect."""
