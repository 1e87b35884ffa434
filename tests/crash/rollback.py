"""What a machine finds after its power came back: undoes in a folder what fsync_shim.c saw and nobody had synced."""
import os
import pathlib
import random
import shutil

PAGE_BYTES = 4096


class PowerLoss:
    """Watches a folder from construction on; restore() after the program was killed.

    A name is durable once its folder was synced. With `journaled` the sync of a file makes its own name durable too,
    as ext4, XFS and APFS do in practice; removals and renames still wait for the sync of the folder.
    """

    def __init__(self, folder, state, journaled):
        self._folder, self._state, self._journaled = folder, state, journaled
        shutil.rmtree(state, ignore_errors=True)
        for name in ("content", "held"):
            (state / name).mkdir(parents=True)
        self._names, self._folders = {}, {str(folder)}
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                self._folders.add(str(path))
            else:
                self._names[str(path)] = str(path.stat().st_ino)
                shutil.copyfile(path, state / "content" / self._names[str(path)])

    def environment(self, shim, sanitizer, ignore_syncs=False):
        """What makes a program run under the shim. `sanitizer` is the library that has to come first, or ""."""
        preload = ":".join(str(library) for library in (sanitizer, shim) if library)
        made = {"LD_PRELOAD": preload, "FSYNC_SHIM_FOLDER": str(self._folder), "FSYNC_SHIM_STATE": str(self._state)}
        return made | ({"FSYNC_SHIM_IGNORE": "1"} if ignore_syncs else {})

    def restore(self, seed=None):
        """Loses everything that was not synced; with a seed, keeps a part of it: the first changes of names, and
        any pages of files. Returns how many changes of names were lost."""
        chance = None if seed is None else random.Random(seed)
        now = self._present_files()
        pending = self._replay()
        kept = 0 if chance is None else chance.randint(0, len(pending))
        for change in pending[:kept]:
            self._apply(change)
        contents = {path: self._content(inode, now.get(inode), chance) for path, inode in self._names.items()
                    if os.path.dirname(path) in self._folders}
        for path in list(self._folder.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in sorted(self._folders):
            pathlib.Path(folder).mkdir(exist_ok=True)
        for path, content in contents.items():
            pathlib.Path(path).write_bytes(content)
        return len(pending) - kept

    def _present_files(self):
        """Every file that is or was there, by its inode."""
        held = {path.name: path for path in (self._state / "held").iterdir()}
        return held | {str(path.stat().st_ino): path for path in self._folder.rglob("*") if path.is_file()}

    def _replay(self):
        """Applies what is durable. Returns the changes that are not, in their order."""
        log = self._state / "log"
        pending = []
        for line in log.read_text().splitlines() if log.exists() else ():
            kind, *fields = line.split("\t")
            if kind == "sync-folder":
                due = [change for change in pending if fields[0] in _folders_of(change)]
            elif kind == "sync":
                due = [change for change in pending if self._journaled and change[0] in ("create", "link")
                       and change[1] == fields[0]]
                due = [change for change in pending if change[0] == "folder" and due
                       and due[0][-1].startswith(change[1] + "/")] + due
            else:
                pending.append((kind, *fields))
                continue
            for change in due:
                self._apply(change)
                pending.remove(change)
        return pending

    def _apply(self, change):
        kind, *fields = change
        if kind == "folder":
            self._folders.add(fields[0])
        elif kind == "unlink":
            self._names.pop(fields[1], None)
        else:  # create, link, rename
            if kind == "rename":
                self._names.pop(fields[1], None)
            self._names[fields[-1]] = fields[0]

    def _content(self, inode, file, chance):
        synced = self._state / "content" / inode
        safe = synced.read_bytes() if synced.exists() else b""
        if chance is None or file is None:
            return safe
        written = file.read_bytes()
        length = chance.choice((len(safe), len(written)))
        pages = []
        for start in range(0, length, PAGE_BYTES):
            page = [data[start:start + PAGE_BYTES].ljust(PAGE_BYTES, b"\0") for data in (safe, written)]
            pages.append(chance.choice(page))
        return b"".join(pages)[:length]


def _folders_of(change):
    kind, *fields = change
    return {os.path.dirname(path) for path in (fields if kind == "folder" else fields[1:])}
