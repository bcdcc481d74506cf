<%@ Page Language="C#" %>
<%@ Import Namespace="System.Data" %>
<script runat="server">
  protected void Page_Load(object sender, EventArgs e) {
    int id = Convert.ToInt32(Request.QueryString["id"]);
    titles.DataSource = Catalogue.Find(id);
    titles.DataBind();
  }
</script>
<form runat="server"><asp:Repeater id="titles" runat="server"><ItemTemplate><%# Eval("Title") %></ItemTemplate></asp:Repeater></form>
