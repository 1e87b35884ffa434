# Not what is looked for.
