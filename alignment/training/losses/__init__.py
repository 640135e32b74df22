"""What a model is trained to make small: plain functions of tensors, each with its formula."""
