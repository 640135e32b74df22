"""The layouts that heritage books use, one module each; `LAYOUTS` maps a slug to its drawing function."""
