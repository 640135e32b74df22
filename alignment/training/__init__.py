"""Fine-tuning a backbone on a published version of the dataset."""
