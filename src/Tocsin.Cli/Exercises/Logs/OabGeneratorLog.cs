using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The address-book generator's log. No real sample is public: the columns are made, the paths are the product's own.</summary>
internal sealed class OabGeneratorLog(Estate estate) : SteadyLog(estate, "OABGenerator", hourly: false, rowsPerDay: 200)
{
    static readonly byte[] ColumnBytes = "DateTime,ThreadId,Context,Message"u8.ToArray();
    readonly byte[] _context = Encoding.UTF8.GetBytes($",OABGenerator ({estate.OabGuid}),");

    public override string Folder => Install + "Logging/OABGeneratorLog";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"OABGeneratorLog{day:yyyyMMdd}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "OAB Generator Log", ColumnBytes, bare: false);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        w.AddStamp(ms);
        w.Add((byte)',');
        w.Add(dice.Between(10, 99));
        w.Add(_context);
        if (dice.Chance(2))
        {
            w.Add(@"Download failed and temporary file 'C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\OAB\Temp\"u8);
            w.AddGuid(dice.Next(), dice.Next());
            w.Add(".lzx' needs to be removed"u8);
            return;
        }

        w.Add(dice.Below(3) switch { 0 => "Generation finished; number of objects: "u8, 1 => "Checked the published manifest; sequence number: "u8, _ => "Nothing to publish; next check in minutes: "u8 });
        w.Add(dice.Between(10, 480));
    }
}
