"""What a contact may ask of us: everything that is held about them, and to be forgotten (trust §5).

Erasure is two steps. The first, in one transaction at the call: identities are given up and stay as keyed hashes, messages
that did not leave are cancelled, the contact's last fact is appended, and the mark is written that the gate and
every append read. The second, by the worker, when that fact is applied: runs have ended, facts are emptied in place,
every other row goes. What the contact was counted in stays counted, under nobody's name.

    held ──(erase_contact)──▶ marked ──(worker.erasing, cursor beyond the last fact)──▶ emptied
"""
