"""Pictures that look like what heritage books print: woven patterns, garments, murals, objects, line work."""
