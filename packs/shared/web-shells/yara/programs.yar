/*
  Web shells as programs: what ASP.NET compiled of a page that may be gone, and modules that sit in IIS itself.
*/

rule Compiled_Page_Evaluates : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "What ASP.NET compiled of a page that evaluates JScript with all rights: the page may be gone, this stays"
    reference = "https://attack.mitre.org/software/S0020/"
  strings:
    $page = "App_Web_"
    $evaluate = "JScriptEvaluate"
    $unsafe = "unsafe" wide
    $request = "get_Request"
  condition:
    uint16be(0) == 0x4D5A and filesize < 2MB and all of them
}

rule Compiled_Page_Loads_Code : webshell
{
  meta:
    author = "The Tocsin authors"
    description = "What ASP.NET compiled of a page that loads programs out of the request"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $page = "App_Web_"
    $request = "get_Request"
    $assembly = "System.Reflection"
    $decrypt1 = "RijndaelManaged"
    $decrypt2 = "CreateDecryptor"
    $decrypt3 = "TransformFinalBlock"
  condition:
    uint16be(0) == 0x4D5A and filesize < 2MB and $page and $request and $assembly and 2 of ($decrypt*)
}

rule Iis_Module_Takes_Commands : iis_module
{
  meta:
    author = "The Tocsin authors"
    description = "A native module of IIS that takes commands out of a header of any request, after IIS-Raid"
    reference = "https://attack.mitre.org/techniques/T1505/004/"
  strings:
    $module = "RegisterModule"
    $header1 = "X-Chrome-Variations"
    $header2 = "SIMPLEPASS"
    $command1 = "CMD|"
    $command2 = "PIN|"
    $command3 = "INJ|"
    $command4 = "DMP|"
    $command5 = "PONG"
  condition:
    uint16be(0) == 0x4D5A and filesize < 10MB and $module and (any of ($header*) or 3 of ($command*))
}
