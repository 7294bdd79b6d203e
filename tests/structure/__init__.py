"""Laws of the code itself: what a reviewer would otherwise have to notice."""
