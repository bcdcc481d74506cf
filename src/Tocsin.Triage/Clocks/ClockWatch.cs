using Tocsin.Evidence.Records;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Clocks;

/// <summary>Takes from the records of one artifact what lets its clock be compared with others. Used on one thread; allocates nothing for a record.</summary>
internal sealed class ClockWatch
{
    const int IdLength = 36;

    readonly ArtifactScan _artifact;
    readonly ClockTrack _track;
    readonly ClockSamples _samples;
    readonly int _requestId, _url, _command, _utcTime;
    readonly bool _isInOrder, _hasCommands;

    /// <param name="artifact">The artifact.</param>
    /// <param name="track">That of the artifact, or of the part of it that is read.</param>
    /// <param name="source">What sort of log it is.</param>
    /// <param name="fields">The fields of its records.</param>
    /// <param name="samples">Takes requests of all artifacts.</param>
    public ClockWatch(ArtifactScan artifact, ClockTrack track, LogSource source, FieldSet fields, ClockSamples samples)
    {
        _artifact = artifact;
        _track = track;
        _samples = samples;
        _requestId = fields.IndexOf("RequestId");
        _url = fields.IndexOf("url");
        _command = fields.IndexOf("Command");
        _utcTime = fields.IndexOf("UtcTime");
        bool isEvent = source.Product == "windows";
        _isInOrder = isEvent || source.Category == "webserver" || source.Product == "exchange";
        _hasCommands = isEvent || source is { Category: "command", Product: "exchange" } && source.Service != "pasted";
    }

    /// <summary>Looks at a record.</summary>
    public void Accept(in Record record)
    {
        if (record.TimeUtc == default || !_isInOrder) return;
        // A record that states UTC itself does not show the clock of its log.
        if (_utcTime >= 0 && !record[_utcTime].IsEmpty) return;
        _track.Follow(record.TimeUtc, record.Position);
        ReadOnlySpan<byte> id = IdOf(in record);
        if (id.Length == IdLength) _samples.Add(Hash(id), _artifact, record.TimeUtc, record.Position);
        if (_hasCommands && _command >= 0 && CommandName(record[_command]) is { IsEmpty: false } name) _track.Add(new(Hash(name), record.TimeUtc, record.Position));
    }

    // The front end's id of a request: a column of its own in Exchange's logs, and in what it adds to the query in the log of IIS.
    ReadOnlySpan<byte> IdOf(in Record record)
    {
        ReadOnlySpan<byte> id = record[_requestId];
        if (!id.IsEmpty) return id;
        ReadOnlySpan<byte> url = record[_url];
        int at = url.IndexOf("cafeReqId="u8);
        if (at < 0) return default;
        url = url[(at + "cafeReqId=".Length)..];
        return url.Length >= IdLength ? url[..IdLength] : default;
    }

    /// <summary>The <c>Verb-Noun</c> with which a command begins; empty for one that only reads, since monitoring gives those all day.</summary>
    static ReadOnlySpan<byte> CommandName(ReadOnlySpan<byte> command)
    {
        // "Cmdlet suceeded. Cmdlet Set-OabVirtualDirectory, parameters …" in the event log.
        if (command.StartsWith("Cmdlet "u8)) command = command[(command[..Math.Min(command.Length, 64)].LastIndexOf("Cmdlet "u8) + "Cmdlet ".Length)..];
        int end = command.IndexOfAnyExcept(NameBytes);
        ReadOnlySpan<byte> name = end < 0 ? command : command[..end];
        return name.Length is > 6 and < 64 && name.Contains((byte)'-') && !name.StartsWith("Get-"u8) && !name.StartsWith("Test-"u8) ? name : default;
    }

    static readonly System.Buffers.SearchValues<byte> NameBytes = System.Buffers.SearchValues.Create("-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // FNV-1a over lower-case letters, mixed in the end so that every bit counts: the samples are chosen by it.
    static ulong Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in text) hash = (hash ^ (b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b)) * 1099511628211;
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;
        return hash ^ (hash >> 33);
    }
}
