<%@ Page Language="C#" %>
<p>Set the ExternalUrl : and the InternalUrl of the directory for <%= Server.HtmlEncode(User.Identity.Name) %>.</p>
