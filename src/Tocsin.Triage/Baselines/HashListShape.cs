using System.Globalization;

namespace Tocsin.Triage.Baselines;

/// <summary>How the lines of a hash list are built, as its first line tells.</summary>
internal abstract class HashListShape(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether a line is a header or a remark.</summary>
    public abstract bool IsRemark(string line, bool isFirst);

    public abstract bool TryRead(string line, out FileHash hash, out long size, out string? path);

    public static HashListShape Of(string first)
    {
        if (first.StartsWith(Baseline.Header, StringComparison.Ordinal)) return new Own();
        if (first.StartsWith("%%%% HASHDEEP", StringComparison.OrdinalIgnoreCase)) return new HashDeep();
        if (Columns.Of(first) is { } columns) return columns;
        return new Sums();
    }

    /// <summary>Our own baselines, see <see cref="Baseline"/>.</summary>
    sealed class Own() : HashListShape("a baseline")
    {
        public override bool IsRemark(string line, bool isFirst) => line[0] == '#';

        public override bool TryRead(string line, out FileHash hash, out long size, out string? path)
        {
            size = -1;
            path = null;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (!FileHash.TryParse(space < 0 ? line : line.AsSpan(0, space), out hash)) return false;
            int second = space < 0 ? -1 : line.IndexOf(' ', space + 1);
            if (second < 0) return true;
            size = Size(line.AsSpan(space + 1, second - space - 1));
            path = line[(second + 1)..] is "-" ? null : line[(second + 1)..];
            return true;
        }
    }

    /// <summary><c>%%%% size,md5,sha256,filename</c>; remarks begin with <c>##</c>.</summary>
    sealed class HashDeep() : HashListShape("hashdeep")
    {
        Columns? _columns;

        public override bool IsRemark(string line, bool isFirst)
        {
            if (line.StartsWith("%%%%", StringComparison.Ordinal) && !isFirst) _columns = Columns.Of(line[4..].Trim());
            return line[0] is '#' or '%';
        }

        public override bool TryRead(string line, out FileHash hash, out long size, out string? path)
        {
            if (_columns is not null) return _columns.TryRead(line, out hash, out size, out path);
            (hash, size, path) = (default, -1, null);
            return false;
        }
    }

    /// <summary>Cells under a first line of names.</summary>
    sealed class Columns : HashListShape
    {
        static readonly string[] Hashes = ["sha256", "sha-256", "sha2-256", "sha1", "sha-1", "md5", "hash", "filehash"];

        readonly char _separator;
        readonly int[] _hashes;
        readonly int _size;
        readonly int _path;

        Columns(char separator, string[] names)
            : base("a table with named columns")
        {
            _separator = separator;
            _hashes = [.. Hashes.Select(h => Array.FindIndex(names, n => n.Equals(h, StringComparison.OrdinalIgnoreCase))).Where(i => i >= 0)];
            _size = Index(names, "size", "filesize", "length");
            _path = Index(names, "filename", "path", "fullname", "name", "file");
        }

        public static new Columns? Of(string first)
        {
            foreach (char separator in (ReadOnlySpan<char>)[',', ';', '\t'])
            {
                var columns = new Columns(separator, [.. Cells(first, separator)]);
                if (columns._hashes.Length > 0) return columns;
            }

            return null;
        }

        static int Index(string[] names, params ReadOnlySpan<string> wanted)
        {
            foreach (string name in wanted)
            {
                if (Array.FindIndex(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index) return index;
            }

            return -1;
        }

        public override bool IsRemark(string line, bool isFirst) => isFirst || line[0] == '#';

        public override bool TryRead(string line, out FileHash hash, out long size, out string? path)
        {
            List<string> cells = Cells(line, _separator);
            size = _size >= 0 && _size < cells.Count ? Size(cells[_size]) : -1;
            path = _path >= 0 && _path < cells.Count ? cells[_path] : null;
            foreach (int column in _hashes)
            {
                if (column < cells.Count && FileHash.TryParse(cells[column], out hash)) return true;
            }

            hash = default;
            return false;
        }
    }

    /// <summary>What <c>sha256sum</c> and its like write, and rows of a path and a hash.</summary>
    sealed class Sums() : HashListShape("a list of sums")
    {
        public override bool IsRemark(string line, bool isFirst) => line[0] is '#' or ';';

        public override bool TryRead(string line, out FileHash hash, out long size, out string? path)
        {
            size = -1;
            path = null;
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (text.Length > 0 && text[0] == '\\') text = text[1..];

            // HASH  name, HASH *name, HASH alone.
            int end = text.IndexOfAny(" \t,;");
            if (FileHash.TryParse(Unquoted(end < 0 ? text : text[..end]), out hash))
            {
                path = end < 0 ? null : text[end..].Trim(" \t*,;\"").ToString() is { Length: > 0 } name ? name : null;
                return true;
            }

            // SHA256 (name) = HASH; name,HASH
            int last = text.LastIndexOfAny("=,;\t");
            if (last < 0 || !FileHash.TryParse(Unquoted(text[(last + 1)..].Trim()), out hash)) return false;
            ReadOnlySpan<char> before = text[..last].Trim();
            int open = before.IndexOf('(');
            path = text[last] == '=' && open >= 0 && before[^1] == ')' ? before[(open + 1)..^1].ToString() : Unquoted(before).ToString();
            return true;
        }

        static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> text) => text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
    }

    static long Size(ReadOnlySpan<char> text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : -1;

    /// <summary>Cells of a row, quotes taken off; a quote in a quoted cell is written twice.</summary>
    static List<string> Cells(string line, char separator)
    {
        var cells = new List<string>();
        int at = 0;
        while (at <= line.Length)
        {
            if (at < line.Length && line[at] == '"')
            {
                var cell = new System.Text.StringBuilder();
                for (at++; at < line.Length; at++)
                {
                    if (line[at] != '"') cell.Append(line[at]);
                    else if (at + 1 < line.Length && line[at + 1] == '"') cell.Append(line[at++]);
                    else break;
                }

                cells.Add(cell.ToString());
                at = line.IndexOf(separator, Math.Min(at, line.Length)) is >= 0 and var next ? next + 1 : line.Length + 1;
                continue;
            }

            int end = line.IndexOf(separator, at) is >= 0 and var found ? found : line.Length;
            cells.Add(line[at..end].Trim());
            at = end + 1;
        }

        return cells;
    }
}
