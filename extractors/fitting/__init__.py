"""What is fitted or trained: the costs of pairing, and the figure finder (`finder`)."""
