using System.Text;
using System.Text.Json;

namespace Tocsin.Evidence.Sources;

/// <summary>What collectors write about their collections: the host, and where each file came from.</summary>
/// <remarks>
/// Velociraptor: <c>client_info.json</c> and <c>collection_context.json</c> name the host; <c>uploads.json</c> is JSON lines with
/// <c>_Components</c> (where the file stands in the collection, not encoded) and <c>vfs_path</c> (where it came from). The two differ where
/// an artifact stored a file under another name; only those are kept. KAPE: <c>*_ConsoleLog.txt</c> has "Machine name: X", which is the
/// examiner's own unless the source was a live <c>C:</c>.
/// </remarks>
internal sealed class CollectionNotes
{
    const int MaxNoteBytes = 256 * 1024;
    const int MaxLineBytes = 64 * 1024;
    const int MaxOriginals = 100_000;
    const int MaxHosts = 10_000;

    readonly Dictionary<string, string> _hosts = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _originals = new(StringComparer.Ordinal);

    public static bool Tells(string path) => NameOf(path) is "uploads.json" or "client_info.json" or "collection_context.json" || IsConsoleLog(path);

    public void Learn(string path, Stream content)
    {
        string folder = path[..Math.Max(0, path.Length - NameOf(path).Length - 1)];
        if (NameOf(path) is "uploads.json")
        {
            LearnUploads(folder, content);
            return;
        }

        byte[] note = new byte[MaxNoteBytes];
        int length = content.ReadAtLeast(note, note.Length, throwOnEndOfStream: false);
        string? host = IsConsoleLog(path) ? HostOfConsoleLog(Encoding.UTF8.GetString(note, 0, length)) : HostOfJson(note.AsSpan(0, length));
        if (host is not null && _hosts.Count < MaxHosts) _hosts.TryAdd(folder, host);
    }

    /// <summary>The host of a machine folder, told there or above folders that say nothing.</summary>
    public string? HostOf(string machine)
    {
        while (true)
        {
            if (_hosts.TryGetValue(machine, out string? host)) return host;
            int cut = machine.LastIndexOf('/');
            if (machine.Length == 0 || !HostNames.IsGeneric(machine[(cut + 1)..])) return null;
            machine = machine[..Math.Max(0, cut)];
        }
    }

    /// <summary>The original path of a stored file, if the collector stored it under another name.</summary>
    public string? OriginalOf(string path)
    {
        if (_originals.Count == 0) return null;
        return _originals.GetValueOrDefault(string.Join('/', path.Split('/').Select(DriveFolder.Decode)));
    }

    void LearnUploads(string folder, Stream content)
    {
        byte[] line = new byte[MaxLineBytes];
        int length = 0;
        while (true)
        {
            int read = content.Read(line.AsSpan(length));
            length += read;
            int start = 0;
            while (line.AsSpan(start, length - start).IndexOf((byte)'\n') is >= 0 and var end)
            {
                LearnUpload(folder, line.AsSpan(start, end));
                start += end + 1;
            }

            if (read == 0)
            {
                LearnUpload(folder, line.AsSpan(start, length - start));
                return;
            }

            // A line that fills the buffer is none of Velociraptor's: dropped.
            length = start == 0 && length == line.Length ? 0 : length - start;
            line.AsSpan(start, length).CopyTo(line);
        }
    }

    void LearnUpload(string folder, ReadOnlySpan<byte> line)
    {
        string? from = null;
        List<string> stored = [];
        try
        {
            var json = new Utf8JsonReader(line);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1) continue;
                bool isPath = json.ValueTextEquals("vfs_path"u8), isComponents = json.ValueTextEquals("_Components"u8);
                if (!json.Read()) break;
                if (isPath && json.TokenType == JsonTokenType.String) from = json.GetString();
                if (!isComponents || json.TokenType != JsonTokenType.StartArray) continue;
                while (json.Read() && json.TokenType == JsonTokenType.String) stored.Add(json.GetString()!);
            }
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            return;
        }

        // A server's export has the server's own folders above "uploads".
        int uploads = stored.IndexOf("uploads");
        if (from is null || uploads < 0 || stored.Count - uploads < 3 || _originals.Count >= MaxOriginals) return;
        string? original = AsOriginal(from);
        if (original is null || original == AsOriginal(string.Join('\\', stored.Skip(uploads + 2)))) return;
        string key = string.Join('/', stored.Skip(uploads));
        _originals[folder.Length == 0 ? key : $"{string.Join('/', folder.Split('/').Select(DriveFolder.Decode))}/{key}"] = original;
    }

    static string? AsOriginal(string path)
    {
        path = path.Replace('/', '\\');
        if (path.StartsWith(@"\\.\", StringComparison.Ordinal)) path = path[4..];
        path = path.TrimStart('\\');
        if (path.Length < 4 || !char.IsAsciiLetter(path[0]) || path[1] != ':' || path[2] != '\\') return null;
        return $@"{char.ToUpperInvariant(path[0])}:\{string.Join('\\', path[3..].Split('\\').Select(name => InertName.OfSegment(name)))}";
    }

    static string? HostOfJson(ReadOnlySpan<byte> note)
    {
        try
        {
            var json = new Utf8JsonReader(note);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName) continue;
                if (!json.ValueTextEquals("Hostname"u8) && !json.ValueTextEquals("hostname"u8)) continue;
                if (json.Read() && json.TokenType == JsonTokenType.String && HostNames.FromName(json.GetString()!) is { } host) return host;
            }
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }

    static string? HostOfConsoleLog(string log)
    {
        const string Mark = "Machine name: ";
        int at = log.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || !log.Contains("--tsource C:", StringComparison.OrdinalIgnoreCase)) return null;
        string rest = log[(at + Mark.Length)..];
        return HostNames.FromName(rest[..Math.Max(0, rest.IndexOf(','))]);
    }

    static bool IsConsoleLog(string path) => NameOf(path).EndsWith("ConsoleLog.txt", StringComparison.OrdinalIgnoreCase);

    static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
