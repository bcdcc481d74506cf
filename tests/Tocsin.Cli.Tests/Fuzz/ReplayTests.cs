using Tocsin.Fuzz;

namespace Tocsin.Cli.Tests.Fuzz;

public class ReplayTests
{
    [Fact]
    public void Every_seed_and_everything_that_ever_broke_a_parser_goes_through_its_target()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Tocsin.slnx"))) root = root.Parent;
        string fuzz = Path.Combine(root!.FullName, "fuzz");

        int run = 0;
        foreach ((string name, Action<byte[]> target) in FuzzTargets.All)
        {
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(fuzz, "corpus", name)));
            foreach (string folder in (string[])["corpus", "regressions"])
            {
                string inputs = Path.Combine(fuzz, folder, name);
                if (!Directory.Exists(inputs)) continue;
                foreach (string file in Directory.GetFiles(inputs).Order(StringComparer.Ordinal))
                {
                    Exception? broken = Xunit.Record.Exception(() => target(File.ReadAllBytes(file)));
                    Assert.True(broken is null, $"{folder}/{name}/{Path.GetFileName(file)}: {broken}");
                    run++;
                }
            }
        }

        Assert.Equal(240, run);
    }
}
