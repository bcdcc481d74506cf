namespace Tocsin.Packs.Chain;

/// <summary>The steps of a wave's attack, in order, and what joins records into one run of them.</summary>
public sealed record AttackChain(IReadOnlyList<ChainStep> Steps, IReadOnlyList<ChainJoin> Joins);

/// <summary>One step.</summary>
/// <param name="Id">As rules name it.</param>
/// <param name="Title">What the attackers do in it, in plain words.</param>
/// <param name="Techniques">ATT&amp;CK ids.</param>
public sealed record ChainStep(string Id, string Title, IReadOnlyList<string> Techniques);

/// <summary>One way in which records belong together; the surest comes first in a pack.</summary>
/// <param name="Key">What they share.</param>
/// <param name="Within">How far apart they may be; null where the key is unique by itself.</param>
public sealed record ChainJoin(JoinKey Key, TimeSpan? Within);

/// <summary>What records of one run share.</summary>
public enum JoinKey
{
    /// <summary><c>request-id</c>: HttpProxy's RequestId, which IIS writes as <c>cafeReqId</c>.</summary>
    RequestId,
    /// <summary><c>canary</c>: the control panel's <c>msExchEcpCanary</c>.</summary>
    Canary,
    /// <summary><c>client</c>: the client's address.</summary>
    Client,
    /// <summary><c>time</c>: nothing but nearness; for logs that know no client.</summary>
    Time,
}
