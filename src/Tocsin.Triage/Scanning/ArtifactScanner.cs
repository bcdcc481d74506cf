using System.Buffers;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.ToolOutputs;
using Tocsin.Evidence.WebPages;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Scanning;

/// <summary>Reads one file after another on one thread: hash, recognise, read, match.</summary>
internal sealed class ArtifactScanner(ScanRules rules, IReadOnlyList<IContentExaminer> examiners, Action<int> onRead, ClockSamples clocks, SpareThreads? spare, CancellationToken cancellation, IScanObserver? observer = null)
{
    /// <summary>From this length on, a file is read by several threads where its reader can.</summary>
    const long MinPartedBytes = 16 * 1024 * 1024;

    /// <summary>How much of a file is held for a closer look: real pages and compiled pages are far smaller, and every thread may hold one.</summary>
    const int MaxHeldBytes = 16 * 1024 * 1024;

    readonly MatchScratch _scratch = new();
    Func<string, Stream?>? _siblings;

    /// <summary>Reads a file whole. Input errors become part of what is returned.</summary>
    public ArtifactScan Scan(SourceFile file, Stream content)
    {
        // What is kept for the report must not keep an archive in memory.
        var scan = new ArtifactScan(file with { OpenSibling = null });
        _siblings = file.OpenSibling;
        var bytes = new UntilFailure(new CountedStream(content, onRead));
        using var hashed = new HashingStream(bytes);
        byte[] head = ArrayPool<byte>.Shared.Rent(ArtifactFormats.HeadBytes);
        try
        {
            using var text = new TextTranscoding(hashed);
            int length = ReadHead(text, head.AsSpan(0, ArtifactFormats.HeadBytes));
            Read(scan, head.AsMemory(0, length), text, () => HashOf(hashed, bytes));
            scan.Sha256 = HashOf(hashed, bytes);
            bytes.ThrowIfFailed();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // The disk or the archive failed in mid-file: what was read until then stands.
            scan.State = ArtifactState.Unreadable;
            scan.NotReadBecause = e.Message;
            scan.Report.Add(DamageKind.Unreadable, scan.Report.Lines, hashed.Count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }

        scan.Bytes = scan.Report.Bytes = hashed.Count;
        return scan;
    }

    // Half a file has no hash.
    string? HashOf(HashingStream hashed, UntilFailure bytes) => hashed.Finish(cancellation) is var hash && bytes.HasFailed ? null : hash;

    void Read(ArtifactScan scan, ReadOnlyMemory<byte> headBytes, TextTranscoding text, Func<string?> hash)
    {
        ReadOnlySpan<byte> head = headBytes.Span;
        string path = scan.File.OriginalPath ?? scan.File.Path;
        ArtifactReader? reader = head.IsEmpty ? null : ArtifactFormats.Recognise(head, path, scan.File.Length);
        ArtifactReader[] closer = head.IsEmpty ? [] : Examiners(scan.File, head);
        if (closer.Length > 0)
        {
            // A page is no text that somebody pasted, whatever it says.
            if (reader is PastedTextReader && Array.Exists(closer, c => c is WebPageReader)) reader = null;
            ReadHeld(scan, reader, closer, headBytes, text, hash);
            return;
        }

        if (reader is null)
        {
            string? unread = KnownFormats.UnreadEvidence(head);
            scan.State = unread is null ? ArtifactState.Skipped : ArtifactState.NotRead;
            scan.NotReadBecause = unread is not null ? $"{unread}: not read by this version"
                : head.IsEmpty ? "empty file"
                : KnownFormats.NoEvidence(head, path) ?? "not recognised as evidence";
            return;
        }

        Read(scan, [reader], text, () => new HeadedStream(headBytes, text));
    }

    ArtifactReader[] Examiners(SourceFile file, ReadOnlySpan<byte> head)
    {
        List<ArtifactReader>? readers = null;
        foreach (IContentExaminer examiner in examiners)
        {
            if (examiner.For(file, head) is { } reader) (readers ??= []).Add(reader);
        }

        return readers is null ? [] : [.. readers];
    }

    // Several readers look at one file: its bytes are held, so that it is still read once. What is longer is looked at closely in its
    // first part, and says so; a log among the web server's files is read to its end all the same.
    void ReadHeld(ArtifactScan scan, ArtifactReader? reader, ArtifactReader[] closer, ReadOnlyMemory<byte> headBytes, TextTranscoding text, Func<string?> hash)
    {
        using var whole = new HeadedStream(headBytes, text);
        int limit = scan.File.Length is >= 0 and < MaxHeldBytes ? (int)scan.File.Length : MaxHeldBytes;
        byte[] held = new byte[limit + 1];
        int length = whole.ReadAtLeast(held, held.Length, throwOnEndOfStream: false);
        bool isWhole = length <= limit;
        if (!isWhole)
        {
            scan.Report.Notes.Add($"Only the first {limit} bytes were looked at closely.");
            if (reader is not null) Read(scan, [reader], text, () => new HeadedStream(held, whole));
        }

        // Readers are told the hash, by which known files are known; what is longer than was held is read on for it.
        scan.Sha256 = hash();
        Read(scan, isWhole && reader is not null ? [reader, .. closer] : closer, text, () => new MemoryStream(held, 0, Math.Min(length, limit), writable: false, publiclyVisible: true));
    }

    void Read(ArtifactScan scan, ArtifactReader[] readers, TextTranscoding text, Func<Stream> open)
    {
        scan.Report.IsTranscoded = text.IsTranscoded;
        if (text.IsTranscoded) scan.Report.Notes.Add("The file is UTF-16; byte offsets are those of its UTF-8 form.");
        using IArtifactObserver? observing = observer?.Begin(scan);
        ReadContext context = ContextOf(scan, scan, _scratch, observing);
        foreach (ArtifactReader reader in readers)
        {
            reader.Read(open(), context);
            scan.Kind ??= reader.Kind;
            if (reader is MftReader table) scan.WebFiles = table.WebFiles;
        }

        scan.State = CoverageLedger.Damaged(scan.Report) > 0 ? ArtifactState.Damaged : ArtifactState.Read;
    }

    // For the artifact, or for a part of it.
    ReadContext ContextOf(ArtifactScan scan, ArtifactScan part, MatchScratch scratch, IArtifactObserver? observing)
    {
        var targets = new Dictionary<LogSource, RecordTarget>();
        return new ReadContext(TargetOf, part.Report, cancellation)
        {
            Siblings = _siblings,
            Sha256 = scan.Sha256,
            // Whoever is shown the records is shown them in order.
            Parts = part == scan && spare is not null && observing is null && scan.File.Length >= MinPartedBytes ? new Parts(this, scan, spare) : null,
        };

        RecordTarget TargetOf(LogSource source)
        {
            if (!targets.TryGetValue(source, out RecordTarget? target))
            {
                SourceRules of = rules.For(source);
                IRecordObserver? records = observing?.For(source, of.Fields);
                var sink = new MatchCollector(source, rules, scratch, part, new ClockWatch(scan, part.Clock, source, of.Fields, clocks), records);
                targets.Add(source, target = new RecordTarget(of.Fields, records?.Filter(of) ?? of, sink) { Events = records?.Events(of) ?? of });
            }

            return target;
        }
    }

    /// <summary>Has parts of one artifact read by threads that have nothing else to do.</summary>
    sealed class Parts(ArtifactScanner scanner, ArtifactScan scan, SpareThreads spare) : IPartReading
    {
        readonly Dictionary<ReadContext, ArtifactScan> _open = [];

        public ReadContext Begin()
        {
            var part = new ArtifactScan(scan.File);
            ReadContext context = scanner.ContextOf(scan, part, new MatchScratch(), null);
            _open.Add(context, part);
            return context;
        }

        public Task Run(Action read) => spare.Run(read);

        public void Join(ReadContext part)
        {
            _open.Remove(part, out ArtifactScan? read);
            scan.Join(read!);
        }
    }

    static int ReadHead(TextTranscoding text, Span<byte> head)
    {
        int length = 0;
        while (length < head.Length)
        {
            int read = text.Read(head[length..]);
            if (read == 0) break;
            length += read;
        }

        return length;
    }

    /// <summary>Tells of every block, for the progress bar.</summary>
    sealed class CountedStream(Stream inner, Action<int> onRead) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            onRead(read);
            return read;
        }
    }
}
