"""Figures on a page: from embedded images, from vector drawings, and from scans."""
