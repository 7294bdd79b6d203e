-- SQLite, in the temporary file of a dry run: whose an identity would be by an earlier row.
SELECT contact FROM made WHERE identity = ?
