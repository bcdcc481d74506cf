using SharpFuzz;
using Tocsin.Fuzz;

if (args is not [var name, .. var files] || !FuzzTargets.All.TryGetValue(name, out Action<byte[]>? target))
{
    Console.Error.WriteLine($"Give a target and, to replay, files: {string.Join(' ', FuzzTargets.All.Keys)}");
    return 64;
}

foreach (string file in files)
{
    Console.WriteLine(file);
    target(File.ReadAllBytes(file));
}

// Without a file the input comes from afl-fuzz, over shared memory and one pipe a run.
if (files.Length == 0)
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        target(bytes.ToArray());
    });
}

return 0;
