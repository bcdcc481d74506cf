// applicationHost.config (one for the machine, %windir%\System32\inetsrv\config) and web.config (one a folder) have one shape:
//
//   <configuration>
//     <system.applicationHost>
//       <applicationPools> <add name="MSExchangeOWAAppPool" managedRuntimeVersion="v4.0"> <processModel identityType="LocalSystem" /> …
//       <sites> <site name="Default Web Site" id="1">
//         <application path="/owa" applicationPool="MSExchangeOWAAppPool">
//           <virtualDirectory path="/" physicalPath="C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa" /> …
//     <system.webServer> <globalModules> <add name="WSMan" image="C:\Windows\system32\wsmsvc.dll" /> …
//     <location path="Default Web Site/owa"> <system.webServer> … what holds for that part only
//
// Element names: the schema that Microsoft publishes with IIS (System32\inetsrv\config\schema\IIS_schema.xml) and ASP.NET's.
using System.Text;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Configuration;

/// <summary>Reads a configuration file of IIS or of a web folder: one record for each element that can tell of an intruder.</summary>
/// <remarks>
/// Fields: <c>Element</c> (path without <c>configuration</c> and <c>location</c>), <c>Location</c>, <c>Site</c>, <c>Name</c>,
/// <c>Image</c>, <c>Type</c>, <c>PreCondition</c>, <c>Path</c>, <c>PhysicalPath</c>, <c>AppPool</c>, <c>Identity</c>,
/// <c>ManagedRuntime</c>, <c>Verb</c>, <c>ScriptProcessor</c>, <c>Pattern</c>, <c>Input</c>, <c>Action</c>, <c>Enabled</c>,
/// <c>Value</c>, and <c>Fact</c> (<see cref="ConfigurationFact"/>). A rewrite rule is one record with all its conditions.
/// </remarks>
public sealed class IisConfigReader : ArtifactReader
{
    internal IisConfigReader(ArtifactKind kind) => Kind = kind;

    /// <inheritdoc />
    public override ArtifactKind Kind { get; }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        var xml = new XmlWalk(content, context);
        new Reading(xml, context, new ConfigurationRecord(context, Kind.LogSource)).Run();
    }

    /// <summary>One pass through one file.</summary>
    sealed class Reading(XmlWalk xml, ReadContext context, ConfigurationRecord record)
    {
        /// <summary>What an element around gives to those in it, and how deep that element stands.</summary>
        struct Around
        {
            public string Value;
            public int Depth;

            public void Open(ReadOnlySpan<byte> value, int depth) => (Value, Depth) = (Encoding.UTF8.GetString(value[..Math.Min(value.Length, 1024)]), depth);

            public void CloseAt(int depth)
            {
                if (Depth >= depth) (Value, Depth) = ("", 0);
            }
        }

        Around _location = new() { Value = "" }, _site = new() { Value = "" }, _application = new() { Value = "" }, _appPool = new() { Value = "" }, _pool = new() { Value = "" };
        RewriteRule? _rule;
        string? _exchangeRoot;

        public void Run()
        {
            while (xml.Next())
            {
                if (xml.Node == XmlNode.Open) Open();
                if (xml.Node == XmlNode.Close || xml.Node == XmlNode.Open && xml.IsEmpty) Close();
            }

            _rule?.Write(record, context.Report);
        }

        void Close()
        {
            int depth = xml.Depth;
            if (_rule is not null && _rule.Depth >= depth)
            {
                _rule.Write(record, context.Report);
                _rule = null;
            }

            _location.CloseAt(depth);
            _site.CloseAt(depth);
            _application.CloseAt(depth);
            _appPool.CloseAt(depth);
            _pool.CloseAt(depth);
        }

        void Open()
        {
            ReadOnlySpan<byte> path = Inside(xml.Path, out bool isLocation);
            if (isLocation)
            {
                _location.Open(xml["path"u8], xml.Depth);
                NoteBuild(_location.Value);
            }
            else if (_rule is not null) _rule.Take(xml);
            else if (path.StartsWith("system.applicationHost/"u8)) OpenApplicationHost(path);
            else if (path.StartsWith("system.webServer/"u8)) OpenWebServer(path["system.webServer/"u8.Length..], path);
            else if (path.StartsWith("system.web/"u8)) OpenWeb(path["system.web/"u8.Length..], path);
        }

        // "configuration/location/system.webServer/…" and "configuration/system.webServer/…" are the same to a rule.
        static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> path, out bool isLocation)
        {
            ReadOnlySpan<byte> outer = "configuration/"u8, location = "location"u8;
            path = path.StartsWith(outer) ? path[outer.Length..] : default;
            isLocation = path.SequenceEqual(location);
            return path.StartsWith("location/"u8) ? path["location/"u8.Length..] : path;
        }

        void OpenApplicationHost(ReadOnlySpan<byte> path)
        {
            ReadOnlySpan<byte> element = path["system.applicationHost/"u8.Length..];
            if (element.SequenceEqual("sites/site"u8))
            {
                _site.Open(xml["name"u8], xml.Depth);
                Begin(path, xml["name"u8], default);
                End();
            }
            else if (element.SequenceEqual("sites/site/application"u8))
            {
                _application.Open(xml["path"u8], xml.Depth);
                _appPool.Open(xml["applicationPool"u8], xml.Depth);
                Begin(path, xml["path"u8], default);
                record.Set("Path", xml["path"u8]);
                record.Set("AppPool", xml["applicationPool"u8]);
                End();
            }
            else if (element.SequenceEqual("sites/site/application/virtualDirectory"u8)) VirtualDirectory(path);
            else if (element.SequenceEqual("applicationPools/add"u8))
            {
                _pool.Open(xml["name"u8], xml.Depth);
                LearnExchangeRoot(xml["CLRConfigFile"u8]);
                Begin(path, xml["name"u8], default);
                record.Set("AppPool", xml["name"u8]);
                record.Set("ManagedRuntime", xml["managedRuntimeVersion"u8]);
                record.Set("Image", xml["CLRConfigFile"u8]);
                End();
            }
            else if (element.SequenceEqual("applicationPools/add/processModel"u8))
            {
                Begin(path, Encoding.UTF8.GetBytes(_pool.Value), default);
                record.Set("AppPool", _pool.Value);
                record.Set("Identity", xml["userName"u8].IsEmpty ? xml["identityType"u8] : xml["userName"u8]);
                End();
            }
            else if (element.SequenceEqual("sites/site/logFile"u8) || element.SequenceEqual("sites/siteDefaults/logFile"u8))
            {
                Begin(path, Encoding.UTF8.GetBytes(_site.Value), xml["directory"u8]);
                record.Set("PhysicalPath", xml["directory"u8]);
                record.Set("Enabled", xml["enabled"u8]);
                if (IsFalse(xml["enabled"u8])) record.Fact(ConfigurationFact.LoggingOff);
                End();
            }
        }

        void VirtualDirectory(ReadOnlySpan<byte> path)
        {
            string directory = Encoding.UTF8.GetString(xml["path"u8]), virtualPath = (_application.Value.TrimEnd('/') + "/" + directory.TrimStart('/')) is { Length: > 1 } full ? full.TrimEnd('/') : "/";
            Begin(path, Encoding.UTF8.GetBytes(virtualPath), xml["physicalPath"u8]);
            record.Set("Location", _site.Value + virtualPath);
            record.Set("Path", xml["path"u8]);
            record.Set("PhysicalPath", xml["physicalPath"u8]);
            record.Set("AppPool", _appPool.Value);
            record.Set("Identity", xml["userName"u8]);
            string physical = WindowsPath.Normalise(xml["physicalPath"u8]);
            Place place = WindowsPath.PlaceOf(physical, _exchangeRoot);
            if (WindowsPath.HasDeviceName(physical)) record.Fact(ConfigurationFact.DirectoryDeviceName);
            if (place == Place.Writable) record.Fact(ConfigurationFact.DirectoryWritable);
            if (place is not (Place.None or Place.Product or Place.WebRoot or Place.IisSystem or Place.DotNet)) record.Fact(ConfigurationFact.DirectoryOutsideProduct);
            End();
        }

        void OpenWebServer(ReadOnlySpan<byte> element, ReadOnlySpan<byte> path)
        {
            if (element.SequenceEqual("globalModules/add"u8)) NativeModule(path, xml["image"u8]);
            else if (element.SequenceEqual("isapiFilters/filter"u8)) NativeModule(path, xml["path"u8]);
            else if (element.SequenceEqual("modules/add"u8)) ManagedModule(path);
            else if (element.SequenceEqual("handlers/add"u8)) Handler(path);
            else if (element.SequenceEqual("modules"u8)) Switch(path, xml["runAllManagedModulesForAllRequests"u8], IsTrue(xml["runAllManagedModulesForAllRequests"u8]) ? ConfigurationFact.AllManagedModules : null);
            else if (element.SequenceEqual("httpLogging"u8)) Switch(path, IsTrue(xml["dontLog"u8]) ? "false"u8 : "true"u8, IsTrue(xml["dontLog"u8]) ? ConfigurationFact.LoggingOff : null);
            else if (element.SequenceEqual("httpPlatform"u8) || element.SequenceEqual("aspNetCore"u8)) Program(path, xml["processPath"u8]);
            else if (element.SequenceEqual("fastCgi/application"u8)) Program(path, xml["fullPath"u8]);
            else if (element.SequenceEqual("security/isapiCgiRestriction/add"u8)) Program(path, xml["path"u8]);
            else if (element.SequenceEqual("rewrite/rules/rule"u8) || element.SequenceEqual("rewrite/globalRules/rule"u8) || element.SequenceEqual("rewrite/outboundRules/rule"u8))
            {
                _rule = new RewriteRule(xml, path, _location.Value);
            }
            else if (element.SequenceEqual("rewrite/rules/clear"u8) || element.SequenceEqual("rewrite/outboundRules/clear"u8)) Switch(path, default, ConfigurationFact.RewriteRulesCleared);
            else if (element.SequenceEqual("security/requestFiltering"u8)) Switch(path, xml["allowDoubleEscaping"u8], null);
            else if (element.StartsWith("security/requestFiltering/"u8) && !xml["sequence"u8].IsEmpty) Valued(path, xml["sequence"u8]);
            else if (element.StartsWith("security/requestFiltering/"u8) && !xml["fileExtension"u8].IsEmpty) Valued(path, xml["fileExtension"u8]);
            else if (element.StartsWith("security/authentication/"u8)) Authentication(element, path);
        }

        void OpenWeb(ReadOnlySpan<byte> element, ReadOnlySpan<byte> path)
        {
            if (element.SequenceEqual("httpModules/add"u8)) ManagedModule(path);
            else if (element.SequenceEqual("httpHandlers/add"u8)) Handler(path);
            else if (element.SequenceEqual("compilation/assemblies/add"u8)) Valued(path, xml["assembly"u8]);
            else if (element.SequenceEqual("machineKey"u8))
            {
                ReadOnlySpan<byte> key = xml["validationKey"u8];
                Switch(path, default, !key.IsEmpty && !key.StartsWith("AutoGenerate"u8) ? ConfigurationFact.MachineKeyExplicit : null);
            }
        }

        void NativeModule(ReadOnlySpan<byte> path, ReadOnlySpan<byte> image)
        {
            Begin(path, xml["name"u8], image);
            record.Set("Image", image);
            record.Set("PreCondition", xml["preCondition"u8]);
            record.Set("Enabled", xml["enabled"u8]);
            Place place = WindowsPath.PlaceOf(WindowsPath.Normalise(image), _exchangeRoot);
            if (place is Place.Writable or Place.WebRoot or Place.Share) record.Fact(ConfigurationFact.ModuleWritable);
            if (place is not (Place.None or Place.IisSystem or Place.DotNet or Place.Product)) record.Fact(ConfigurationFact.ModuleOutsideSystem);
            End();
        }

        void ManagedModule(ReadOnlySpan<byte> path)
        {
            ReadOnlySpan<byte> type = xml["type"u8];
            Begin(path, xml["name"u8], type);
            record.Set("Type", type);
            record.Set("PreCondition", xml["preCondition"u8]);
            if (IsForeignType(type)) record.Fact(ConfigurationFact.ModuleForeignType);
            End();
        }

        void Handler(ReadOnlySpan<byte> path)
        {
            ReadOnlySpan<byte> type = xml["type"u8], processor = xml["scriptProcessor"u8];
            Begin(path, xml["name"u8].IsEmpty ? xml["path"u8] : xml["name"u8], processor.IsEmpty ? type : processor);
            record.Set("Path", xml["path"u8]);
            record.Set("Verb", xml["verb"u8]);
            record.Set("Type", type);
            record.Set("Value", xml["modules"u8]);
            record.Set("ScriptProcessor", processor);
            record.Set("PreCondition", xml["preCondition"u8]);
            if (IsForeignType(type)) record.Fact(ConfigurationFact.HandlerForeignType);
            if (HandlerFacts.OfProgram(processor) is { } fact) record.Fact(fact);
            if (HandlerFacts.RunsHarmlessExtension(xml["path"u8], type, processor)) record.Fact(ConfigurationFact.HandlerHarmlessExtension);
            End();
        }

        void Program(ReadOnlySpan<byte> path, ReadOnlySpan<byte> image)
        {
            Begin(path, image, image);
            record.Set("Image", image);
            record.Set("ScriptProcessor", image);
            record.Set("Value", xml["arguments"u8]);
            record.Set("Enabled", xml["allowed"u8]);
            if (HandlerFacts.OfProgram(image) is { } fact) record.Fact(fact);
            End();
        }

        void Authentication(ReadOnlySpan<byte> element, ReadOnlySpan<byte> path)
        {
            bool isProtection = element.EndsWith("/extendedProtection"u8);
            if (!isProtection && (xml["enabled"u8].IsEmpty || element.EndsWith("/add"u8))) return;
            Begin(path, Encoding.UTF8.GetBytes(_location.Value), default);
            record.Set("Enabled", xml["enabled"u8]);
            if (isProtection) record.Set("Value", xml["tokenChecking"u8]);
            if (element.EndsWith("anonymousAuthentication"u8) && IsTrue(xml["enabled"u8]) && _location.Value.EndsWith("/PowerShell", StringComparison.OrdinalIgnoreCase)) record.Fact(ConfigurationFact.AnonymousPowerShell);
            End();
        }

        void Switch(ReadOnlySpan<byte> path, ReadOnlySpan<byte> enabled, string? fact)
        {
            Begin(path, Encoding.UTF8.GetBytes(_location.Value), path);
            record.Set("Enabled", enabled);
            if (fact is not null) record.Fact(fact);
            End();
        }

        void Valued(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
        {
            Begin(path, value, default);
            record.Set("Value", value);
            End();
        }

        void Begin(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> place)
        {
            record.Begin();
            record.SetElement(path, name, place);
            record.Set("Location", _location.Value);
            int slash = _location.Value.IndexOf('/');
            record.Set("Site", _site.Value.Length > 0 ? _site.Value : slash < 0 ? _location.Value : _location.Value[..slash]);
            record.Set("Name", xml["name"u8]);
        }

        void End() => record.End(xml.Shown, xml.Position);

        // Exchange makes itself known by the file that each of its pools has for the run time: <root>\bin\Generic….config.
        void LearnExchangeRoot(ReadOnlySpan<byte> runtimeConfig)
        {
            string path = WindowsPath.Normalise(runtimeConfig);
            int at = path.IndexOf(@"\bin\genericapppoolconfigwithgcserverenabled", StringComparison.Ordinal);
            if (at > 2 && WindowsPath.PlaceOf(path, null) is Place.Elsewhere or Place.Programs) _exchangeRoot ??= path[..at];
        }

        // The back end's folders carry the build that made them, security updates included: "Exchange Back End/owa/15.2.922.7".
        void NoteBuild(string location)
        {
            int slash = location.LastIndexOf('/');
            if (slash > 0 && location.StartsWith("Exchange Back End/", StringComparison.OrdinalIgnoreCase) && ProductVersion.Normalise(location[(slash + 1)..]) is { } build)
            {
                context.Report.Notes.Add($"A folder of the back end is named after Exchange build {build}.");
            }
        }

        static bool IsTrue(ReadOnlySpan<byte> value) => Ascii.EqualsIgnoreCase(value, "true"u8) || value.SequenceEqual("1"u8);

        static bool IsFalse(ReadOnlySpan<byte> value) => Ascii.EqualsIgnoreCase(value, "false"u8) || value.SequenceEqual("0"u8);

        // A type of the framework or the product is told by its name space; a forged one gives itself away by its assembly.
        static bool IsForeignType(ReadOnlySpan<byte> type) => !type.IsEmpty && !type.StartsWith("System."u8) && !type.StartsWith("Microsoft."u8);
    }
}
