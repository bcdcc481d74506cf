namespace Tocsin.Evidence.Sources;

/// <summary>Maps the paths of one container (a folder tree or an archive) back to the server's, whatever collected them.</summary>
/// <remarks>
/// One rule covers the collectors: a folder that stands for a drive, with something of a Windows drive's root below it. What stands
/// above the drive is the machine. Once a machine is known, its other single-letter folders are drives too (<c>D/Logs</c>). A folder
/// with both <c>Windows</c> and <c>inetpub</c> or <c>Program Files</c> is a disk, taken for C. All paths should be observed first;
/// in an archive that can be read only once, a path is judged by what came before it, and disks are not guessed. One thread while
/// observing, any afterwards.
/// </remarks>
internal sealed class Layout(string container, SourceFile? within, bool guessesDisks = true)
{
    // Machines in one container. Bounds memory against archives of a million one-letter folders.
    const int MaxMachines = 10_000;

    [Flags]
    enum Seen
    {
        Windows = 1,
        Programs = 2,
    }

    readonly HashSet<string> _machines = new(StringComparer.Ordinal);
    readonly Dictionary<string, Seen> _disks = new(StringComparer.Ordinal);
    readonly CollectionNotes _notes = new();

    /// <summary>Takes note of a path before any is described.</summary>
    public void Observe(string path)
    {
        var segments = new Segments(path);
        for (int at = 0; at < segments.Count - 1; at++)
        {
            string name = segments[at];
            if (DriveFolder.TryRead(name, out _, out bool certain) && (certain || DriveFolder.IsAtRoot(segments[at + 1])))
            {
                if (_machines.Count < MaxMachines) _machines.Add(segments.Machine(at));
                return;
            }

            Seen seen = name.ToUpperInvariant() switch { "WINDOWS" => Seen.Windows, "INETPUB" or "PROGRAM FILES" => Seen.Programs, _ => 0 };
            if (seen == 0 || !guessesDisks) continue;
            string above = segments.Above(at);
            if (_disks.Count >= MaxMachines && !_disks.ContainsKey(above)) return;
            if ((_disks[above] = _disks.GetValueOrDefault(above) | seen) == (Seen.Windows | Seen.Programs)) _machines.Add(above);
            return;
        }
    }

    /// <summary>Whether a file is one in which a collector tells about its collection: see <see cref="Learn"/>.</summary>
    public static bool Tells(string path) => CollectionNotes.Tells(path);

    /// <summary>Reads what a collector tells about its collection.</summary>
    public void Learn(string path, Stream content) => _notes.Learn(path, content);

    /// <summary>Describes a file by its path in the container.</summary>
    public SourceFile Describe(string path, long length, DateTime? modifiedUtc, bool sequential)
    {
        string? machine = Locate(path, out string? original);
        if (machine is not null) original = _notes.OriginalOf(path) ?? original;
        string collection = machine is null ? within?.Collection ?? "" : (container + machine).TrimEnd('/', '!');
        return new SourceFile
        {
            Path = container + path,
            OriginalPath = original,
            Collection = collection,
            HostHint = machine is null ? within?.HostHint : _notes.HostOf(machine) ?? HostNames.FromPath(collection),
            Length = length,
            ModifiedUtc = modifiedUtc,
            Sequential = sequential,
        };
    }

    string? Locate(string path, out string? original)
    {
        original = null;
        var segments = new Segments(path);
        for (int at = 0; at < segments.Count; at++)
        {
            if (at + 1 < segments.Count && DriveFolder.TryRead(segments[at], out string drive, out bool certain) &&
                (certain || DriveFolder.IsAtRoot(segments[at + 1]) || _machines.Contains(segments.Machine(at))))
            {
                original = segments.Original(drive, at + 1, decode: segments[at].Contains('%'));
                return segments.Machine(at);
            }

            if (_disks.TryGetValue(segments.Above(at), out Seen seen) && seen == (Seen.Windows | Seen.Programs))
            {
                original = segments.Original("C:", at, decode: false);
                return segments.Above(at);
            }
        }

        for (int at = segments.Count - 1; at >= 0; at--)
        {
            if (_machines.Contains(segments.Above(at))) return segments.Above(at);
        }

        return null;
    }

    /// <summary>A path cut at <c>/</c>, and at <c>\</c> as some tools leave it in file names.</summary>
    readonly struct Segments
    {
        readonly string _path;
        readonly string[] _names;
        readonly int[] _starts;

        public Segments(string path)
        {
            _path = path;
            _names = path.Split('/', '\\');
            _starts = new int[_names.Length];
            for (int at = 1; at < _names.Length; at++) _starts[at] = _starts[at - 1] + _names[at - 1].Length + 1;
        }

        public int Count => _names.Length;

        public string this[int at] => _names[at];

        /// <summary>The path above a segment, without its last separator.</summary>
        public string Above(int at) => at == 0 ? "" : _path[..(_starts[at] - 1)];

        /// <summary>The path above a drive; Velociraptor's <c>uploads/ACCESSOR</c> between them belongs to no machine's name.</summary>
        public string Machine(int drive) => drive >= 2 && _names[drive - 2] == "uploads" ? Above(drive - 2) : Above(drive);

        public string Original(string drive, int from, bool decode)
        {
            string[] names = _names[from..];
            for (int at = 0; at < names.Length; at++)
            {
                string plain = decode ? DriveFolder.Decode(names[at]) : names[at];
                names[at] = InertName.OfSegment(plain.AsSpan().ContainsAny('\\', '/') ? names[at] : plain);
            }

            return $@"{InertName.OfSegment(drive)}\{string.Join('\\', names)}";
        }
    }
}
