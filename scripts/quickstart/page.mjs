export async function writePage(o,k){ return o.output+"/index.html"; }
