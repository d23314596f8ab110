"""HOW a document is made and read: the zip package, Word, Excel."""
