using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Hive;

namespace Tocsin.Fuzz;

/// <summary>A registry hive with its transaction log: four bytes say how long the hive is, the rest is the log.</summary>
static class HiveTargets
{
    public static void Hive(byte[] input)
    {
        if (input.Length < 4) return;
        int length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(input), (uint)input.Length - 4);
        byte[] hive = input[4..(4 + length)], log = input[(4 + length)..];
        if (HiveReader.TryRecognise(hive) is null && hive.Length >= 512)
        {
            // What the fuzzer breaks first tells the least.
            "regf"u8.CopyTo(hive);
            hive.AsSpan(28, 4).Clear();
        }

        string first = "";
        Promise.BoundsMemory(input.Length, () => first = Dump(hive, log));
        Promise.That(Dump(hive, log) == first, "reading twice gives the same");
    }

    static string Dump(byte[] hive, byte[] log)
    {
        using var output = new MemoryStream();
        ReadReport report = HiveDump.Write(new PiecewiseStream(hive), ending => ending == ".LOG1" && log.Length > 0 ? new MemoryStream(log) : null, output);
        int lines = output.ToArray().AsSpan().Count((byte)'\n');
        Promise.That(lines == report.Records, "every record is counted");
        Promise.That(output.Length <= 4096 * 16 + 256L * (hive.Length + log.Length + (2 << 20)), "what is written stays in proportion");
        Promise.That(report.Hours.Count == 0 && report.FirstUtc is null, "times of keys cover nothing");
        foreach (DamageKind kind in Enum.GetValues<DamageKind>())
        {
            Promise.That(report.Located.Count(d => d.Kind == kind) == Math.Min(report.Count(kind), ReadReport.MaxLocated), $"damage is located: {kind}");
        }

        return $"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(output.ToArray()))} {string.Join('|', report.Notes)} {string.Join('|', report.Located)}";
    }
}
