"""SMS: what is sent, and how it is said. For now the embedded mailbox alone carries it; counting and gateways come later."""
