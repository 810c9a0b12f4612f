"""The line: everything a collector can do as one short typed text, read live on every key.

`parse.parse` reads, `complete.complete` and `complete.suggest` help typing, `render.render` writes a command as the line it amounts
to, `verbs.VERBS` lists what there is, `context.LineContext` is what reading depends on. One verb is one function in the
module of its capability and one entry of that module's `VERBS`.
"""
