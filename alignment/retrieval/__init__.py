"""Finding pictures by texts and texts by pictures, and how well it goes."""
