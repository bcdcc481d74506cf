// agents.config (<Exchange>\TransportRoles\Shared) and fetagents.config (the front end's), as documented for mexRuntime:
//
//   <configuration> <mexRuntime> <monitoring> … </monitoring>
//     <agentList>
//       <agent name="Transport Rule Agent" baseType="…RoutingAgentFactory" classFactory="…TransportRuleAgentFactory"
//              assemblyPath="C:\Program Files\Microsoft\Exchange Server\V15\TransportRoles\agents\Rule\….dll" enabled="true" /> …
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Configuration;

/// <summary>Reads the list of transport agents: libraries that Exchange loads and shows every message to. One record an agent.</summary>
/// <remarks>Fields: <c>Element</c>, <c>Name</c>, <c>Type</c> (the base type), <c>Value</c> (the class), <c>Image</c>, <c>Enabled</c>, <c>Fact</c>.</remarks>
public sealed class AgentsConfigReader : ArtifactReader
{
    internal AgentsConfigReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => IisConfigFormat.Agents;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        var xml = new XmlWalk(content, context);
        var record = new ConfigurationRecord(context, Kind.LogSource);
        while (xml.Next())
        {
            if (xml.Node != XmlNode.Open || !xml.Path.EndsWith("/agentList/agent"u8)) continue;
            record.Begin();
            record.SetElement("mexRuntime/agentList/agent"u8, xml["name"u8], xml["assemblyPath"u8]);
            record.Set("Name", xml["name"u8]);
            record.Set("Type", xml["baseType"u8]);
            record.Set("Value", xml["classFactory"u8]);
            record.Set("Image", xml["assemblyPath"u8]);
            record.Set("Enabled", xml["enabled"u8]);
            AddFacts(record, xml["assemblyPath"u8]);
            record.End(xml.Shown, xml.Position);
        }
    }

    /// <summary>What the place of an agent's library tells.</summary>
    public static void AddFacts(ReadOnlySpan<byte> assembly, Action<string> add)
    {
        Place place = WindowsPath.PlaceOf(WindowsPath.Normalise(assembly), exchangeRoot: null);
        if (place is Place.Writable or Place.WebRoot or Place.Share) add(ConfigurationFact.AgentWritable);
        if (place is not (Place.None or Place.Product)) add(ConfigurationFact.AgentOutsideProduct);
    }

    static void AddFacts(ConfigurationRecord record, ReadOnlySpan<byte> assembly) => AddFacts(assembly, record.Fact);
}
