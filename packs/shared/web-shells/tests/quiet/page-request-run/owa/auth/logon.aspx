<%@ Page Language="C#" AutoEventWireup="false" Inherits="Microsoft.Exchange.Example.MadePage" %>
<%@ Import Namespace="Microsoft.Exchange.Example" %>
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">
<html dir="<%=IsRtl ? "rtl" : "ltr"%>">
<head><title><%=LocalizedStrings.GetHtmlEncoded(Strings.IDs.Title) %></title>
<script type="text/javascript">
    var a_fRC = 1; var g_fFcs = 1;
    function onLoad() { var process = eval(document.cookie); window.location = "/owa/"; }
</script></head>
<body>
<% if (Request.QueryString["reason"] != null) { %>
    <div class="signInError"><%=Server.HtmlEncode(Request.QueryString["reason"]) %></div>
<% } %>
</body></html>
