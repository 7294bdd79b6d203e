"""Push: what is sent, and how it is kept. For now the embedded mailbox alone carries it; providers come later."""
