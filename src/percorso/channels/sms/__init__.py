"""SMS: what is sent, and who carries it. For now the embedded mailbox alone; counting and gateways come later."""
