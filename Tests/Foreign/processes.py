"""What the system knows about the processes under test."""

import pathlib


def children(pid):
    """The living children of a process and theirs: pid → command line."""
    parents, words = {}, {}
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            facts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if facts[0] != "Z":
            parents[int(folder.name)] = int(facts[1])
            words[int(folder.name)] = line
    found, line = {}, [pid]
    while line:
        parent = line.pop()
        for child, of in parents.items():
            if of == parent and child not in found:
                found[child] = words[child]
                line.append(child)
    return found


def named(pid, part):
    """The pids among the children of a process whose command line has this part."""
    return [child for child, line in children(pid).items() if part in line]


def descriptors(pid):
    """How many files a process holds open."""
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def open_files(pid):
    """What kinds of files a process holds open, and how many of each."""
    kinds = {}
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            kind = str(link.readlink()).split(":")[0]
        except OSError:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


def udp_sockets(pid):
    """How many UDP sockets a process holds: one for each voice connection."""
    own = set()
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(str(link.readlink()))
        except OSError:
            continue
    lines = pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]
    return sum(f"socket:[{line.split()[9]}]" in own for line in lines)


def resident_megabytes(pid):
    """The memory a process has in use."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0
