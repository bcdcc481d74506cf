using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Tocsin.Detection;

namespace Tocsin.Packs.Patches;

/// <summary>The files of a data package: where they come from, and whether they are those that its manifest names.</summary>
/// <remarks>A package travels by mail and on sticks. Its hashes show that it arrived whole; who made it they do not show.</remarks>
public static class PatchPackage
{
    /// <summary>The whole package has some 100 KB; a zip file may claim any size.</summary>
    const int MaxFileBytes = 8_000_000;

    static readonly Assembly Here = typeof(PatchPackage).Assembly;

    /// <summary>A file of the package that came with the program; null where it does not have it.</summary>
    public static Stream? OpenEmbedded(string file) => Here.GetManifestResourceStream("exchange/" + file);

    /// <summary>Reads a package from a zip file, which must hold its files and nothing else.</summary>
    /// <returns>The tables; null where anything is wrong, which <paramref name="diagnostics"/> then tell.</returns>
    public static PatchTables? ReadZip(Stream zip, List<Diagnostic> diagnostics)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (entry.FullName != PatchTables.ManifestFile && !PatchTables.Files.Contains(entry.FullName)) Report(diagnostics, entry.FullName, "This file is no part of a package.", "Zip the files of the package alone, without their folder.");
                else if (ReadAll(entry) is not { } bytes) Report(diagnostics, entry.FullName, $"The file is longer than {MaxFileBytes} bytes.", "Is this the right file?");
                else if (!files.TryAdd(entry.FullName, bytes)) Report(diagnostics, entry.FullName, "The zip file has it twice.", "Keep one.");
            }
        }
        catch (InvalidDataException e)
        {
            Report(diagnostics, PatchTables.ManifestFile, $"The zip file cannot be read: {e.Message}", "Copy it again.");
        }

        return diagnostics.Count > 0 ? null : Read(files, diagnostics);
    }

    /// <summary>Reads a package from a folder. Throws what the file system throws.</summary>
    /// <returns>The tables; null where anything is wrong, which <paramref name="diagnostics"/> then tell.</returns>
    public static PatchTables? ReadFolder(string folder, List<Diagnostic> diagnostics)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string file in (string[])[PatchTables.ManifestFile, .. PatchTables.Files])
        {
            var info = new FileInfo(Path.Combine(folder, file));
            if (!info.Exists) continue;
            if (info.Length > MaxFileBytes) Report(diagnostics, file, $"The file is longer than {MaxFileBytes} bytes.", "Is this the right folder?");
            else files[file] = File.ReadAllBytes(info.FullName);
        }

        return diagnostics.Count > 0 ? null : Read(files, diagnostics);
    }

    static PatchTables? Read(Dictionary<string, byte[]> files, List<Diagnostic> diagnostics)
    {
        PatchTables? tables = PatchTables.Read(file => files.TryGetValue(file, out byte[]? bytes) ? new MemoryStream(bytes) : null, diagnostics);
        if (files.TryGetValue(PatchTables.ManifestFile, out byte[]? manifest)) Compare(manifest, files, diagnostics);
        return diagnostics.Count == 0 ? tables : null;
    }

    static void Compare(byte[] manifest, Dictionary<string, byte[]> files, List<Diagnostic> diagnostics)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(manifest);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("files", out JsonElement hashes) || hashes.ValueKind != JsonValueKind.Object)
            {
                Report(diagnostics, PatchTables.ManifestFile, "'files' is missing.", "It names each file with its SHA-256.");
                return;
            }

            foreach (string file in PatchTables.Files)
            {
                if (!files.TryGetValue(file, out byte[]? bytes)) continue;
                string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
                string? said = hashes.TryGetProperty(file, out JsonElement hash) && hash.ValueKind == JsonValueKind.String ? hash.GetString() : null;
                if (said is null) Report(diagnostics, PatchTables.ManifestFile, $"'files' does not have {file}.", "It names each file with its SHA-256.");
                else if (!said.Equals(actual, StringComparison.OrdinalIgnoreCase)) Report(diagnostics, file, $"The file is not the one that {PatchTables.ManifestFile} names: its SHA-256 is {actual}.", "Copy the package again; if that does not help, ask whoever made it.");
            }
        }
        catch (JsonException)
        {
            // PatchTables.Read has said so, with the place.
        }
    }

    static byte[]? ReadAll(ZipArchiveEntry entry)
    {
        using Stream content = entry.Open();
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxFileBytes) return null;
        }

        return bytes.ToArray();
    }

    static void Report(List<Diagnostic> diagnostics, string file, string message, string hint) => diagnostics.Add(new(PatchTables.BadPackage, file, 1, 1, message, hint));
}
