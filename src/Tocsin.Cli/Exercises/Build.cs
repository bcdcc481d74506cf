using System.Globalization;

namespace Tocsin.Cli.Exercises;

/// <summary>A build of Exchange 2016: the part after <c>15.1.</c> in the forms in which logs write it.</summary>
internal readonly record struct Build(int Number, int Revision)
{
    /// <summary>2016 CU19 as released, open to ProxyLogon.</summary>
    public static readonly Build Cu19 = new(2176, 2);

    /// <summary>2016 CU19 with the update of March 2021: ProxyLogon fixed, ProxyShell not.</summary>
    public static readonly Build Cu19March2021 = new(2176, 9);

    /// <summary>2016 CU19 with the update of May 2021: ProxyShell fixed.</summary>
    public static readonly Build Cu19May2021 = new(2176, 14);

    /// <summary>2016 CU23 with the update of August 2022, open to ProxyNotShell.</summary>
    public static readonly Build Cu23August2022 = new(2507, 12);

    /// <summary>2016 CU23 with the update of November 2022: ProxyNotShell fixed.</summary>
    public static readonly Build Cu23November2022 = new(2507, 16);

    /// <summary>As <c>S:BLD</c> of the ECP logs has it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"15.1.{Number}.{Revision}");

    /// <summary>As <c>#Version</c> has it, padded with zeros.</summary>
    public string Padded => string.Create(CultureInfo.InvariantCulture, $"15.01.{Number:0000}.{Revision:000}");

    /// <summary>As TargetServerVersion has it: the revision is always 000.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"15.01.{Number:0000}.000");

    /// <summary>As one number, which cookies and <c>FEAuth=BEVersion-</c> carry: the build stands in the low 15 bits.</summary>
    public int Packed => 1942061056 + Number;
}
