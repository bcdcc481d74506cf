using System.Buffers;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Scanning;

/// <summary>Reads one file after another on one thread: hash, recognise, read, match.</summary>
internal sealed class ArtifactScanner(RuleSet rules, Action<int> onRead, CancellationToken cancellation)
{
    readonly MatchScratch _scratch = new();

    /// <summary>Reads a file whole. Input errors become part of what is returned.</summary>
    public ArtifactScan Scan(SourceFile file, Stream content)
    {
        var scan = new ArtifactScan(file);
        using var hashed = new HashingStream(new CountedStream(content, onRead));
        byte[] head = ArrayPool<byte>.Shared.Rent(ArtifactFormats.HeadBytes);
        try
        {
            using var text = new TextTranscoding(hashed);
            int length = ReadHead(text, head.AsSpan(0, ArtifactFormats.HeadBytes));
            Read(scan, head.AsMemory(0, length), text);
            scan.Sha256 = hashed.Finish(cancellation);
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

    void Read(ArtifactScan scan, ReadOnlyMemory<byte> headBytes, TextTranscoding text)
    {
        ReadOnlySpan<byte> head = headBytes.Span;
        string path = scan.File.OriginalPath ?? scan.File.Path;
        ArtifactReader? reader = head.IsEmpty ? null : ArtifactFormats.Recognise(head, path, scan.File.Length);
        if (reader is null)
        {
            string? unread = KnownFormats.UnreadEvidence(head);
            scan.State = unread is null ? ArtifactState.Skipped : ArtifactState.NotRead;
            scan.NotReadBecause = unread is not null ? $"{unread}: not read by this version"
                : head.IsEmpty ? "empty file"
                : KnownFormats.NoEvidence(head, path) ?? "not recognised as evidence";
            return;
        }

        if (text.IsTranscoded) scan.Report.Notes.Add("The file is UTF-16; byte offsets are those of its UTF-8 form.");
        var targets = new Dictionary<LogSource, RecordTarget>();
        var context = new ReadContext(TargetOf, scan.Report, cancellation);
        reader.Read(new HeadedStream(headBytes, text), context);
        scan.Kind = reader.Kind;
        scan.State = CoverageLedger.Damaged(scan.Report) > 0 ? ArtifactState.Damaged : ArtifactState.Read;

        RecordTarget TargetOf(LogSource source)
        {
            if (!targets.TryGetValue(source, out RecordTarget? target))
            {
                SourceRules of = rules.For(source);
                targets.Add(source, target = new RecordTarget(of.Fields, of, new MatchCollector(source, of, _scratch, scan.Hits)));
            }

            return target;
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

    /// <summary>Gives back the bytes that recognition took, then the rest.</summary>
    sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
    {
        int _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given == head.Length) return rest.Read(buffer);
            int length = Math.Min(buffer.Length, head.Length - _given);
            head.Span.Slice(_given, length).CopyTo(buffer);
            _given += length;
            return length;
        }
    }
}
