using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>Brings a hive into memory, brought up to date from the logs that lie beside it.</summary>
internal static class HiveBytes
{
    /// <summary>A hive is held whole, since its cells point anywhere. The largest real ones (SOFTWARE, COMPONENTS) are 200 MB; a larger file only costs memory.</summary>
    public const int MaxHiveBytes = 512 << 20;

    /// <summary>Windows begins another log long before this. Bounds what a dirty hive draws in.</summary>
    public const int MaxLogBytes = 128 << 20;

    /// <summary>Hives from this size on are read one at a time, so that memory does not grow with the threads.</summary>
    const int SharedBytes = 16 << 20;

    static readonly Lock Gate = new();

    /// <summary>The endings that Windows gives the logs of a hive.</summary>
    public static IReadOnlyList<string> LogEndings { get; } = [".LOG1", ".LOG2", ".LOG"];

    /// <summary>Reads the hive, and does something with it while it holds its place in memory.</summary>
    /// <remarks>A second large hive waits here. Nothing that is called while the place is held waits for anything else.</remarks>
    public static void With(Stream content, ReadContext context, Action<HiveImage> use)
    {
        bool alone = false;
        try
        {
            byte[] hive = Fill(content, MaxHiveBytes, context, ref alone, out int length, out bool tooLong);
            if (tooLong)
            {
                context.Report.Add(DamageKind.TooLong, 0, length);
                context.Report.Notes.Add($"The registry hive is larger than {MaxHiveBytes >> 20} MB and was not read.");
                return;
            }

            Update(ref hive, ref length, context);
            use(new HiveImage(hive, length));
        }
        finally
        {
            if (alone) Gate.Exit();
        }
    }

    static byte[] Fill(Stream content, int max, ReadContext context, ref bool alone, out int length, out bool tooLong)
    {
        // Grown as bytes come and not by what the header promises: a small file may promise anything.
        byte[] bytes = new byte[64 * 1024];
        length = 0;
        tooLong = false;
        while (true)
        {
            int read = content.Read(bytes, length, bytes.Length - length);
            if (read == 0) return bytes;
            length += read;
            if (length < bytes.Length) continue;
            context.Cancellation.ThrowIfCancellationRequested();
            if (length >= SharedBytes && !alone)
            {
                Gate.Enter();
                alone = true;
            }

            if (length >= max)
            {
                tooLong = true;
                return bytes;
            }

            // The promise of a header is worth a guess once half of it has come.
            long promised = HiveHeader.Bytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(40)) + 1;
            long next = promised > length && promised <= 2L * length + 1 ? promised : 2L * length;
            Array.Resize(ref bytes, (int)Math.Min(next, max));
        }
    }

    static void Update(ref byte[] hive, ref int length, ReadContext context)
    {
        if (HiveHeader.TryRead(hive.AsSpan(0, length), out HiveHeader header) && !header.IsDirty) return;
        string state = header.SumIsRight ? "The hive was being written when it was copied" : "The hive's header is damaged";
        if (context.Siblings is null)
        {
            context.Report.Notes.Add($"{state}, and its transaction logs cannot be reached here (inside a tar or gz archive, or a single file): changes of the last minutes may be missing. Unpack the archive, and scan the result.");
            return;
        }

        var logs = new List<byte[]>();
        foreach (string ending in LogEndings)
        {
            try
            {
                using Stream? log = context.Siblings(ending);
                if (log is not null) logs.Add(Log(log, context));
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                context.Report.Notes.Add($"The transaction log {ending} beside the hive could not be read: {failure.Message}");
            }
        }

        if (LogReplay.Apply(ref hive, ref length, logs, MaxHiveBytes) is { Entries: > 0 } done)
        {
            string sequence = done.Entries == 1 ? $"sequence {done.First}" : $"sequence {done.First} to {done.Last}";
            context.Report.Notes.Add($"{state}; its transaction logs were applied ({done.Entries} {(done.Entries == 1 ? "entry" : "entries")}, {sequence}). Byte offsets are those of the hive brought up to date.");
            return;
        }

        context.Report.Notes.Add(logs.Count == 0
            ? $"{state}, and no transaction log (.LOG1, .LOG2) lies beside it: changes of the last minutes may be missing."
            : $"{state}, and the transaction logs beside it do not belong to its state: changes of the last minutes may be missing.");
    }

    static byte[] Log(Stream log, ReadContext context)
    {
        bool alone = true; // a log is never the reason to wait: its hive may hold the place already
        byte[] bytes = Fill(log, MaxLogBytes, context, ref alone, out int length, out _);
        return bytes.AsSpan(0, length).ToArray();
    }
}
