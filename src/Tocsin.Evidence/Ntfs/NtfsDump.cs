using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Writes every entry of an <c>$MFT</c>, or every record of a USN journal, as one line of JSON.</summary>
/// <remarks>
/// The names are those of the readers' fields. A file in several entries gives as many lines: those behind the first have <c>Base</c>, the reference of the file
/// that they continue. Paths are whole wherever the folder stands, since a table is read twice. Memory: the folders, see <see cref="MftReader"/>.
/// </remarks>
public static class NtfsDump
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default, SkipValidation = true };

    /// <summary>Writes an artifact, if it is one of the two.</summary>
    /// <param name="open">Opens the artifact from its beginning; called up to three times.</param>
    /// <param name="path">Its name, for journals that begin with zeros.</param>
    /// <param name="output">Takes UTF-8, each line ended by a line feed.</param>
    /// <param name="report">Takes damage.</param>
    /// <param name="cancellation">Looked at for every block.</param>
    /// <returns>False where it is neither, and nothing was written.</returns>
    public static bool Write(Func<Stream> open, string path, Stream output, ReadReport report, CancellationToken cancellation = default)
    {
        byte[] head = new byte[ArtifactFormats.HeadBytes];
        int length;
        using (Stream content = open()) length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (MftShape.TryRecognise(head.AsSpan(0, length), path, out MftShape shape)) WriteTable(open, shape, new Lines(output), report, cancellation);
        else if (UsnReader.TryRecognise(head.AsSpan(0, length), path) is not null) WriteJournal(open, new Lines(output), report, cancellation);
        else return false;
        return true;
    }

    static void WriteTable(Func<Stream> open, MftShape shape, Lines lines, ReadReport report, CancellationToken cancellation)
    {
        var intake = new MftIntake(NoName.Filter);
        using (Stream content = open())
        {
            var entries = new MftEntries(content, shape, new ReadReport(), cancellation);
            while (entries.Next()) intake.Take(entries.Entry, entries.Number, entries.Offset, entries.IsTorn);
        }

        intake.Files.Join(intake.Folders);
        using Stream again = open();
        var second = new MftEntries(again, shape, report, cancellation);
        var text = new EntryJson(lines.Json, intake.Folders);
        while (second.Next())
        {
            report.Records++;
            text.Write(second.Entry, second.Number, second.Offset, second.IsTorn);
            lines.End();
        }

        lines.Flush();
    }

    static void WriteJournal(Func<Stream> open, Lines lines, ReadReport report, CancellationToken cancellation)
    {
        using Stream content = open();
        var records = new UsnRecords(content, report, cancellation);
        Span<byte> text = stackalloc byte[FileName.MaxBytes];
        while (records.Next())
        {
            UsnRecord record = records.Record;
            report.Records++;
            Utf8JsonWriter json = lines.Json;
            json.WriteStartObject();
            json.WriteNumber("Offset"u8, records.Offset);
            json.WriteNumber("Usn"u8, record.Usn);
            if (NtfsTime.ToUtc(record.Time) is var time && time != default) json.WriteString("Time"u8, time);
            if (!record.Name.IsEmpty) json.WriteString("Name"u8, text[..FileName.Write(record.Name, text)]);
            json.WriteString("FileReference"u8, text[..record.File.Write(text)]);
            json.WriteString("ParentReference"u8, text[..record.Folder.Write(text)]);
            Words(json, "Reason"u8, record.Reasons, UsnWords.Reasons);
            Words(json, "Source"u8, record.Sources, UsnWords.Sources);
            Words(json, "Attributes"u8, record.Attributes, UsnWords.Attributes);
            json.WriteEndObject();
            lines.End();
        }

        lines.Flush();
    }

    static void Words(Utf8JsonWriter json, ReadOnlySpan<byte> name, uint bits, (uint Bit, byte[] Word)[] words)
    {
        if (bits == 0) return;
        json.WriteStartArray(name);
        foreach ((uint bit, byte[] word) in words)
        {
            if ((bits & bit) != 0) json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    /// <summary>Lines of JSON, handed on in blocks.</summary>
    sealed class Lines
    {
        const int BlockBytes = 64 * 1024;

        readonly Stream _output;
        readonly ArrayBufferWriter<byte> _buffer = new(2 * BlockBytes);

        public Lines(Stream output)
        {
            _output = output;
            Json = new Utf8JsonWriter(_buffer, Options);
        }

        public Utf8JsonWriter Json { get; }

        public void End()
        {
            Json.Flush();
            Json.Reset();
            _buffer.Write("\n"u8);
            if (_buffer.WrittenCount >= BlockBytes) Flush();
        }

        public void Flush()
        {
            _output.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }

    sealed class NoName : Records.ILineFilter
    {
        public static NoName Filter { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => -1;
    }
}
