using System.Text;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

public sealed class WebRuleTests
{
    [Fact]
    public void Every_web_rule_of_SigmaHQ_fires_on_what_IIS_would_write_and_is_quiet_on_ordinary_mail_traffic()
    {
        if (Corpus.Find() is not { } corpus) return;

        SigmaRule[] web = [.. corpus.Rules.Where(r => r.LogSource.Category == "webserver")];
        Assert.Equal(86, web.Length);

        SourceRules together = Some.Compile(Some.Iis, web);
        var silent = new List<string>();
        int lines = 0;
        for (int i = 0; i < web.Length; i++)
        {
            SourceRules alone = Some.Compile(Some.Iis, web[i]);
            string[] written = [.. WebLineWriter.Lines(web[i])];
            Assert.NotEmpty(written);
            foreach (string line in written)
            {
                lines++;
                byte[] bytes = Encoding.UTF8.GetBytes(line + "\r\n");
                bool fires = alone.FindCandidate(bytes, 0) >= 0 && W3cLine.Match(alone, line) is [0]
                    && together.FindCandidate(bytes, 0) >= 0 && W3cLine.Match(together, line).Contains(i);
                if (!fires) silent.Add($"{web[i].File}: {line}");
            }

            Assert.Empty(W3cLine.Match(alone, W3cLine.Benign));
        }

        Console.WriteLine($"SigmaHQ: {web.Length} web rules fire on {lines} lines.");
        Assert.True(silent.Count == 0, $"{silent.Count} silent:\n{string.Join('\n', silent)}");
        Assert.True(lines > web.Length);
        Assert.Empty(W3cLine.Match(together, W3cLine.Benign));
    }
}
