"""What developers and CI run; nothing here is part of the product."""
