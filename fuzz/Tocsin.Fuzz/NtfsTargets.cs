using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;

namespace Tocsin.Fuzz;

/// <summary>File tables and change journals. What is not recognised is read all the same, by the reader for a plain head of the format.</summary>
static class NtfsTargets
{
    public static void Mft(byte[] input)
    {
        ReadOnlySpan<byte> head = input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes));
        bool isTable = MftReader.TryRecognise(head, "$MFT") is not null;
        Reading.Check(input, () => MftReader.TryRecognise(isTable ? input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes)) : PlainEntry(), "$MFT")!, ReaderPromises.None);
        Dump(input, "$MFT");
    }

    public static void Usn(byte[] input)
    {
        _ = UsnReader.TryRecognise(input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes)), "a.bin");
        Reading.Check(input, () => UsnReader.TryRecognise(new byte[8], "$J")!, ReaderPromises.None);
        Dump(input, "$J");
    }

    static void Dump(byte[] input, string path)
    {
        using var output = new MemoryStream();
        NtfsDump.Write(() => new MemoryStream(input), path, output, new ReadReport());
    }

    static byte[] PlainEntry()
    {
        byte[] entry = new byte[1024];
        "FILE"u8.CopyTo(entry);
        entry[4] = 48;
        entry[6] = 3;
        entry[29] = 4;
        return entry;
    }
}
