/*
  Web shells as pages and in the shapes in which Exchange's own commands write them. Written for this pack from public
  descriptions of the waves; every rule has a sample that fires and one that stays quiet. Rules look at what a page does with
  a request, not at names or passwords, which change from victim to victim.
*/

rule Page_Evaluates_Request : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "Text of the request is run as a program: China Chopper, AntSword and their many copies in JScript, VBScript and classic ASP"
    reference = "https://attack.mitre.org/software/S0020/"
  strings:
    $jscript = /eval\s*\(\s*(\w{1,40}\s*\(\s*)?Request\s*[.\[(]/ nocase
    $jscript_text = /eval\s*\(\s*System\.Text\.Encoding\.\w{1,40}\.GetString\s*\(\s*(System\.)?Convert\.FromBase64String\s*\(\s*Request/ nocase
    $vbscript = /execute(global)?\s*\(?\s*(\w{1,40}\s*\(\s*)?request\s*[.(]/ nocase
  condition:
    filesize < 1MB and any of them
}

rule Page_Hides_The_Word_Unsafe : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "The switch that lets evaluated JScript do anything, put together from pieces so that nobody searches for it"
    reference = "https://attack.mitre.org/software/S0020/"
  strings:
    $pieces = /["'](u["']\s{0,8}\+\s{0,8}["']nsafe|un["']\s{0,8}\+\s{0,8}["']safe|uns["']\s{0,8}\+\s{0,8}["']afe|unsa["']\s{0,8}\+\s{0,8}["']fe|unsaf["']\s{0,8}\+\s{0,8}["']e)["']/ nocase
    $more = /["']un["']\s{0,8}\+\s{0,8}["']sa["']\s{0,8}\+\s{0,8}["']fe["']/ nocase
    $coded = /Char\s{0,4}\(\s{0,4}(117|0x75)\s{0,4}\)[^\n]{0,40}nsafe/ nocase
  condition:
    filesize < 1MB and any of them
}

rule Page_Loads_Code_From_Request : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "A program sent in the request is loaded and run from memory: Godzilla, Behinder and their kin"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $page = /<%@\s{0,8}(Page|WebHandler|WebService|Control|Master)/ nocase
    $script = /<script[^>]{1,80}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $request = /Request\s{0,4}[.\[(]/ nocase
    $load = /Assembly\s{0,4}\.\s{0,4}Load\s{0,4}\(/
    $reflected = /GetMethod\s{0,4}\(\s{0,4}"Load"/
    $decrypt1 = "CreateDecryptor" nocase
    $decrypt2 = "FromBase64String" nocase
    $decrypt3 = "BinaryRead" nocase
  condition:
    filesize < 2MB and any of ($page, $script) and $request and any of ($load, $reflected) and any of ($decrypt*)
}

rule Page_Runs_Programs_For_Request : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "A page starts a program with words from the request"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $page = /<%@?/
    $script = /<script[^>]{1,80}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $request = /Request\s{0,4}([\[(]|\.\s{0,4}(Item|Form|QueryString|Params|Headers|Cookies|InputStream|BinaryRead)\b)/ nocase
    $start1 = /Process\s{0,4}\.\s{0,4}Start\s{0,4}\(/
    $start2 = "ProcessStartInfo"
    $start3 = "WScript.Shell" nocase
    $start4 = "Shell.Application" nocase
    $shell1 = "cmd.exe" nocase
    $shell2 = "powershell" nocase
    $shell3 = /["']\s{0,4}\/c\s/ nocase
  condition:
    filesize < 1MB and any of ($page, $script) and $request and any of ($start*) and any of ($shell*)
}

rule Page_Writes_Files_From_Request : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "A page decodes what is sent to it and writes it to the disk: a door for further files"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $page = /<%@?/
    $script = /<script[^>]{1,80}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $write1 = /File\s{0,4}\.\s{0,4}(WriteAllBytes|WriteAllText|AppendAllText)\s{0,4}\([^;]{0,200}Request\s{0,4}[.\[(]/ nocase
    $write2 = /(StreamWriter|FileStream)\s{0,4}\(\s{0,4}Request\s{0,4}[.\[(]/ nocase
    $write3 = /SaveToFile\s{0,4}\(?\s{0,4}(Server\.MapPath\s{0,4}\(\s{0,4})?Request\s{0,4}[.(]/ nocase
  condition:
    filesize < 1MB and any of ($page, $script) and any of ($write*)
}

rule Address_Book_Settings_With_Script : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "The settings of an address book folder, written out by Reset-OabVirtualDirectory, with a script in an address: how ProxyLogon left its shells"
    reference = "CVE-2021-27065"
  strings:
    $settings1 = "OAB (Default Web Site)" nocase
    $settings2 = "OfflineAddressBooks" nocase
    $settings3 = "ExternalUrl" nocase
    $script = /https?:\/\/[^\s]{0,100}<(script|%)/ nocase
  condition:
    filesize < 1MB and $script and 2 of ($settings*)
}

rule Mailbox_Export_As_Page : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "A mailbox exported under the name of a page, or with a script in the clear: how ProxyShell left its shells"
    reference = "CVE-2021-31207"
  strings:
    $script1 = /<script[^>]{1,80}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $script2 = /<%@\s{0,8}(Page|WebHandler)/ nocase
    $request = /Request\s{0,4}[.\[(]/ nocase
  condition:
    uint32be(0) == 0x2142444E and
    (extension == ".aspx" or extension == ".ashx" or extension == ".asmx" or extension == ".asp" or (any of ($script*) and $request))
}

rule Certificate_Request_As_Page : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "A certificate request with a page in it: New-ExchangeCertificate writes it where it is told to, and ProxyShell told it to write a shell"
    reference = "CVE-2021-31207"
  strings:
    $text = "-----BEGIN NEW CERTIFICATE REQUEST-----"
    $script1 = /<script[^>]{1,80}runat\s{0,4}=\s{0,4}["']?server/ nocase
    $script2 = /<%/
    $request = /Request\s{0,4}[.\[(]/ nocase
  condition:
    filesize < 1MB and
    ((($text at 0 or uint16be(0) == 0x3082) and any of ($script*) and $request) or
     ($text at 0 and (extension == ".aspx" or extension == ".ashx" or extension == ".asmx")))
}
