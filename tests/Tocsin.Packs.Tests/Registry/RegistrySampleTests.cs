using Tocsin.Detection;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Loading;
using Tocsin.Packs.Tests.Support;

namespace Tocsin.Packs.Tests.Registry;

public sealed class RegistrySampleTests
{
    // With UPDATE_GOLDEN=1 the files are written instead of compared.
    [Fact]
    public void Every_sample_hive_is_what_its_builder_makes()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Tocsin.slnx"))) root = root.Parent;
        string tests = Path.Combine(root!.FullName, "packs", "shared", "registry", "tests");
        foreach ((string path, byte[] hive) in MadeRegistrySamples.All)
        {
            string file = Path.Combine(tests, path);
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, hive);
            }

            Assert.True(hive.AsSpan().SequenceEqual(File.ReadAllBytes(file)), path);
        }

        Assert.Equal(44, MadeRegistrySamples.All.Count);
        string[] there = [.. ((string[])["fires", "quiet"]).SelectMany(f => Directory.GetFiles(Path.Combine(tests, f), "*", SearchOption.AllDirectories)).Select(f => Path.GetRelativePath(tests, f).Replace('\\', '/'))];
        Assert.Equal(MadeRegistrySamples.All.Keys, there.Order(StringComparer.Ordinal));
    }

    // The nearest innocent thing for one rule must not be the guilty thing for another.
    [Fact]
    public void Nothing_that_is_quiet_for_one_rule_proves_anything_by_another()
    {
        int hives = 0;
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(new List<Diagnostic>());
        foreach (ThreatPack pack in packs)
        {
            foreach ((string path, byte[] hive) in MadeRegistrySamples.All.Where(s => s.Key.StartsWith("quiet/", StringComparison.Ordinal)))
            {
                PackRun run = new PackRun(pack).Read(path, hive);
                Assert.True(run.Stage == Stage.None, $"{pack.Id} {path}: {string.Join(", ", run.Names)}");
                hives++;
            }
        }

        Assert.Equal(packs.Count * 21, hives);
    }
}
